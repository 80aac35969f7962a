import { BlockList, isIP, isIPv6 } from 'node:net';

/** Addresses that are not of the public internet: a webhook must not be a way into the network behind the service. */
const NOT_PUBLIC: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  // IPv6: only what is handed out for the internet (2000::/3) counts as public, less what stands for something else there.
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const blocked = new BlockList();
for (const [network, bits] of NOT_PUBLIC) blocked.addSubnet(network, bits, isIPv6(network) ? 'ipv6' : 'ipv4');
const handedOut = new BlockList();
handedOut.addSubnet('2000::', 3, 'ipv6');

/** Whether an IP address is one of the public internet. Anything else, a name too, is not. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !blocked.check(address, 'ipv4');
    case 6:
      // Forms that hold an IPv4 address (::ffff:…, 64:ff9b::…) are outside 2000::/3.
      return handedOut.check(address, 'ipv6') && !blocked.check(address, 'ipv6');
    default:
      return false;
  }
}
