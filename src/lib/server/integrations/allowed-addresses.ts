import { lookup } from 'node:dns';
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net';

const familyOf = (address: string) => (isIPv6(address) ? 'ipv6' : 'ipv4');

function blockListOf(...ranges: string[]): BlockList {
	const list = new BlockList();
	for (const range of ranges) {
		const [net = '', bits] = range.split('/');
		list.addSubnet(net, Number(bits), familyOf(net));
	}
	return list;
}

/**
 * Ranges that no push service has. IPv4: private, local, shared, reserved, for documentation, multicast (RFC 6890), and
 * the address at which Azure offers keys. IPv6: inside `PUBLIC_V6`, those that carry an IPv4 address or are for
 * documentation.
 */
const NOT_PUBLIC = blockListOf(
	...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '168.63.129.16/32', '169.254.0.0/16', '172.16.0.0/12'],
	...['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16'],
	...['198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
	...['224.0.0.0/4', '240.0.0.0/4', '2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']
);
const PUBLIC_V6 = blockListOf('2000::/3');

/** Whether an IP address is one of the public internet. */
export function isPublicAddress(address: string): boolean {
	if (isIP(address) === 0 || NOT_PUBLIC.check(address, familyOf(address))) return false;
	return isIP(address) === 4 || PUBLIC_V6.check(address, 'ipv6');
}

/**
 * IPv4 ranges to which no connection of a channel may lead, whatever an administrator of an office enters: unspecified,
 * link-local, multicast, broadcast, and the addresses at which clouds offer the keys of a machine. Most of these are
 * link-local; the others are those of Alibaba Cloud, Azure and Oracle. Private addresses and those of this machine are
 * allowed, because gateways and mail servers are in the office's network or run beside the site.
 */
const NEVER_V4 = [
	...['0.0.0.0/8', '100.100.100.200/32', '168.63.129.16/32', '169.254.0.0/16', '192.0.0.192/32', '224.0.0.0/4'],
	'255.255.255.255/32'
];

/** The IPv6 ranges that lead to an IPv4 range: by NAT64 (RFC 6052), by 6to4 (RFC 3056), and in the old form `::a.b.c.d`. */
function carrying(range: string): string[] {
	const [net = '', bits] = range.split('/');
	const hex = net.split('.').map((byte) => Number(byte).toString(16).padStart(2, '0'));
	const [high, low] = [`${hex[0]}${hex[1]}`, `${hex[2]}${hex[3]}`];
	const inLast = Number(bits) + 96;
	// In the old form, 0.0.0.0/8 would contain `::1`, this machine.
	const old = net === '0.0.0.0' ? [] : [`::${high}:${low}/${inLast}`];
	return [`64:ff9b::${high}:${low}/${inLast}`, `2002:${high}:${low}::/${Number(bits) + 16}`, ...old];
}

/**
 * `NEVER_V4` in each form, and the same kinds of IPv6 addresses. Clouds offer keys at those of AWS (`fd00:ec2::254`) and
 * Google (`fd20:ce::254`). NAT64 prefixes of a network's own (RFC 8215) are refused, because they can lead to any address.
 */
const NEVER = blockListOf(
	...NEVER_V4,
	...NEVER_V4.flatMap(carrying),
	...['::/128', '64:ff9b:1::/48', 'fd00:ec2::254/128', 'fd20:ce::254/128', 'fe80::/10', 'ff00::/8']
);

/** Whether a connection of a channel may lead to an IP address. IPv4 addresses in IPv6 form are checked as IPv4. */
export function isChannelAddress(address: string): boolean {
	return isIP(address) !== 0 && !NEVER.check(address, familyOf(address));
}

/** Whether a host is a name, which the lookup checks, or an IP address that a channel may use. `[…]`: as in a URL */
export function isChannelHost(host: string): boolean {
	const bare = host.replace(/^\[(.*)\]$/, '$1');
	return isIP(bare) === 0 || isChannelAddress(bare);
}

/**
 * A lookup that returns only the addresses of a host name that pass the check. The connection uses exactly these, so
 * that the name cannot lead elsewhere after the check.
 */
const lookupOnly =
	(allowed: (address: string) => boolean, refusal: Error): LookupFunction =>
	(hostname, options, callback) =>
		lookup(hostname, { ...options, all: true }, (error, found) => {
			const addresses = error ? [] : found.filter(({ address }) => allowed(address));
			const [first] = addresses;
			if (error ?? !first) callback(error ?? refusal, '', 0);
			else if (options.all) callback(null, addresses);
			else callback(null, first.address, first.family);
		});

const refusal = (message: string, code: string) => Object.assign(new Error(message), { code });

export const lookupPublic = lookupOnly(isPublicAddress, refusal('no public address', 'ENOTPUBLIC'));
export const lookupForChannel = lookupOnly(isChannelAddress, refusal('no address of a channel', 'ENOTALLOWED'));
