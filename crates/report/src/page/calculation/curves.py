def add(P, Q):
    if P is None or Q is None:
        return P or Q
    if P[0] == Q[0] and (P[1] + Q[1]) % p == 0:
        return None
    if P == Q:
        s = (3 * P[0] * P[0] - 3) * pow(2 * P[1], -1, p)
    else:
        s = (Q[1] - P[1]) * pow(Q[0] - P[0], -1, p)
    x = (s * s - P[0] - Q[0]) % p
    return x, (s * (P[0] - x) - P[1]) % p

def multiply(k, P):
    R = None
    while k:
        if k & 1:
            R = add(R, P)
        P, k = add(P, P), k >> 1
    return R
