import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { types } from 'mediasoup';

/**
 * Where a worker listens, UDP before TCP. A browser cannot send to 0.0.0.0, so "all addresses" without an
 * announced one becomes each address that this machine has now, loopback last.
 *
 * @param port 0 lets the worker choose free ports
 */
export function listenInfos(address: string, announced: string | undefined, port: number): types.TransportListenInfo[] {
  const everywhere = address === '0.0.0.0' || address === '::';
  const addresses = everywhere && announced === undefined ? ownAddresses(address === '::') : [address];
  return (['udp', 'tcp'] as const).flatMap((protocol) =>
    addresses.map((ip) => ({
      protocol,
      ip,
      ...(announced === undefined ? {} : { announcedAddress: announced }),
      ...(port === 0 ? {} : { port }),
    })),
  );
}

function ownAddresses(withIpv6: boolean): string[] {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const usable = all.filter(({ address }) => isIP(address) === 4 || (withIpv6 && !/^fe80:/i.test(address)));
  return usable.sort((a, b) => Number(a.internal) - Number(b.internal)).map(({ address }) => address);
}
