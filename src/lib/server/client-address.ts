import { isIPv6, SocketAddress } from 'node:net';

/**
 * The address of a client: that of the socket or, behind `hops` trusted proxies, the one that the outermost proxy added.
 * If fewer proxies than `hops` added an address, the first one is used, not that of the socket: the socket's is a proxy's,
 * perhaps this machine's. Some proxies add the port too, which is another one for each connection.
 *
 * @param forwarded the header `X-Forwarded-For`
 */
export function addressOf(forwarded: string | undefined, socketAddress: string, hops: number): string {
	if (hops === 0) return socketAddress;
	const chain = (forwarded ?? '').split(',').map((part) => part.trim());
	const added = (chain.at(-hops) ?? chain[0]) || socketAddress;
	return SocketAddress.parse(added)?.address ?? added;
}

/** The network of an address: a whole IPv4 address, or the first four groups of an IPv6 address, which one household shares. */
export function networkOf(address: string): string {
	const plain = address.split('%', 1)[0] ?? '';
	const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain);
	if (mapped?.[1]) return mapped[1];
	if (!isIPv6(plain)) return plain;
	const [head = '', tail] = plain.split('::', 2);
	const groups = (text: string) => (text === '' ? [] : text.split(':'));
	const front = groups(head);
	const back = groups(tail ?? '');
	const zeros = tail === undefined ? [] : Array.from({ length: 8 - front.length - back.length }, () => '0');
	const full = [...front, ...zeros, ...back].slice(0, 4);
	return full.map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}
