def x25519(k, u):
    p = 2**255 - 19
    k = int.from_bytes(k, "little") & ~7 & ~(1 << 255) | 1 << 254
    u = int.from_bytes(u, "little") % 2**255
    x2, z2, x3, z3, swapped = 1, 0, u, 1, 0
    for t in reversed(range(255)):
        bit = k >> t & 1
        if swapped != bit:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swapped = bit
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        aa, bb, da, cb = a * a, b * b, d * a, c * b
        x3, z3 = (da + cb) ** 2 % p, u * (da - cb) ** 2 % p
        x2, z2 = aa * bb % p, (aa - bb) * (aa + 121665 * (aa - bb)) % p
    if swapped:
        x2, z2 = x3, z3
    return (x2 * pow(z2, -1, p) % p).to_bytes(32, "little")
