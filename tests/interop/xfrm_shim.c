/* Preloaded into an IKE daemon: writes down the keys that it hands to the kernel, and lets it believe that the kernel took
 * them. A kernel without ESP refuses such SAs, and Quick Mode would end there. XFRM_KEYS names the file; one line an SA:
 * protocol, SPI, cipher key (with its salt) and integrity key in a row. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <linux/netlink.h>
#include <linux/xfrm.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_FD 1024
static char xfrm[MAX_FD];

static int watched(int fd) { return fd >= 0 && fd < MAX_FD && xfrm[fd]; }

static void hex(FILE *out, const char *bytes, unsigned bits)
{
	for (unsigned n = 0; n < bits / 8; n++) fprintf(out, "%02x", (unsigned char)bytes[n]);
}

/* An attribute's key, if it is of this kind. */
static void key(FILE *out, struct rtattr *attribute, int kind)
{
	if (attribute->rta_type != kind) return;
	void *data = RTA_DATA(attribute);
	if (kind == XFRMA_ALG_AEAD) {
		struct xfrm_algo_aead *aead = data;
		hex(out, aead->alg_key, aead->alg_key_len);
	} else if (kind == XFRMA_ALG_AUTH_TRUNC) {
		struct xfrm_algo_auth *auth = data;
		hex(out, auth->alg_key, auth->alg_key_len);
	} else {
		struct xfrm_algo *algorithm = data;
		hex(out, algorithm->alg_key, algorithm->alg_key_len);
	}
}

static void note(int fd, const void *bytes, size_t length)
{
	const struct nlmsghdr *head = bytes;
	const char *path = getenv("XFRM_KEYS");
	if (!watched(fd) || !path || length < sizeof *head) return;
	if (head->nlmsg_type != XFRM_MSG_NEWSA && head->nlmsg_type != XFRM_MSG_UPDSA) return;
	FILE *out = fopen(path, "a");
	if (!out) return;
	struct xfrm_usersa_info *sa = NLMSG_DATA(head);
	fprintf(out, "%s %08x ", sa->id.proto == IPPROTO_AH ? "ah" : "esp", ntohl(sa->id.spi));
	/* KEYMAT's order; an untruncated copy of the integrity key may stand beside the truncated one. */
	const int kinds[] = { XFRMA_ALG_AEAD, XFRMA_ALG_CRYPT, XFRMA_ALG_AUTH_TRUNC };
	for (unsigned n = 0; n < 3; n++) {
		int left = head->nlmsg_len - NLMSG_LENGTH(sizeof *sa);
		struct rtattr *attribute = (void *)((char *)sa + NLMSG_ALIGN(sizeof *sa));
		for (; RTA_OK(attribute, left); attribute = RTA_NEXT(attribute, left)) key(out, attribute, kinds[n]);
	}
	fprintf(out, "\n");
	fclose(out);
}

/* The kernel's refusal of an SA becomes its consent. */
static ssize_t mend(int fd, void *bytes, ssize_t length)
{
	if (!watched(fd) || length <= 0) return length;
	int left = length;
	for (struct nlmsghdr *head = bytes; NLMSG_OK(head, left); head = NLMSG_NEXT(head, left)) {
		if (head->nlmsg_type != NLMSG_ERROR) continue;
		struct nlmsgerr *error = NLMSG_DATA(head);
		int asked = error->msg.nlmsg_type;
		if (asked == XFRM_MSG_NEWSA || asked == XFRM_MSG_UPDSA || asked == XFRM_MSG_DELSA) error->error = 0;
	}
	return length;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int socket(int domain, int type, int protocol)
{
	int fd = REAL(socket)(domain, type, protocol);
	if (fd >= 0 && fd < MAX_FD) xfrm[fd] = domain == AF_NETLINK && protocol == NETLINK_XFRM;
	return fd;
}

int close(int fd)
{
	if (fd >= 0 && fd < MAX_FD) xfrm[fd] = 0;
	return REAL(close)(fd);
}

ssize_t send(int fd, const void *bytes, size_t length, int flags)
{
	note(fd, bytes, length);
	return REAL(send)(fd, bytes, length, flags);
}

ssize_t sendto(int fd, const void *bytes, size_t length, int flags, const struct sockaddr *to, socklen_t size)
{
	note(fd, bytes, length);
	return REAL(sendto)(fd, bytes, length, flags, to, size);
}

ssize_t write(int fd, const void *bytes, size_t length)
{
	note(fd, bytes, length);
	return REAL(write)(fd, bytes, length);
}

ssize_t read(int fd, void *bytes, size_t length) { return mend(fd, bytes, REAL(read)(fd, bytes, length)); }

ssize_t recv(int fd, void *bytes, size_t length, int flags)
{
	return mend(fd, bytes, REAL(recv)(fd, bytes, length, flags));
}

ssize_t recvfrom(int fd, void *bytes, size_t length, int flags, struct sockaddr *from, socklen_t *size)
{
	return mend(fd, bytes, REAL(recvfrom)(fd, bytes, length, flags, from, size));
}

/* What a compiler that checks buffers calls instead. */
ssize_t __read_chk(int fd, void *bytes, size_t length, size_t room) { (void)room; return read(fd, bytes, length); }

ssize_t __recv_chk(int fd, void *bytes, size_t length, size_t room, int flags)
{
	(void)room;
	return recv(fd, bytes, length, flags);
}

ssize_t __recvfrom_chk(int fd, void *bytes, size_t length, size_t room, int flags, struct sockaddr *from, socklen_t *size)
{
	(void)room;
	return recvfrom(fd, bytes, length, flags, from, size);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
	ssize_t length = REAL(recvmsg)(fd, message, flags);
	if (message->msg_iovlen == 1) mend(fd, message->msg_iov[0].iov_base, length);
	return length;
}
