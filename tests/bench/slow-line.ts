import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface SlowLine {
  readonly url: string;
  /** Both ways, from now on. */
  setRate(megabitsPerSecond: number): void;
  /** Since the last call: towards the browser, and away from it. */
  moved(): { down: number; up: number };
  close(): Promise<void>;
}

/** One connection may have so much on the line; then the others have their turn. */
const PIECE_BYTES = 8 * 1024;

interface Piece {
  bytes: Buffer;
  to: Socket;
  sent: () => void;
  arrived: () => void;
}

/** One direction of a line: pieces leave one after the other as fast as the line is, and arrive after its delay. */
class Direction {
  bytesPerMs = 1;
  moved = 0;
  private readonly delayMs: number;
  private readonly waiting: Piece[] = [];
  private readonly underWay: { piece: Piece; arrivesAt: number }[] = [];
  private freeAt = 0;
  private timer: NodeJS.Timeout | null = null;

  constructor(delayMs: number) {
    this.delayMs = delayMs;
  }

  put(piece: Piece): void {
    this.waiting.push(piece);
    this.next();
  }

  private next(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const now = performance.now();
    // A timer is late by a millisecond or two: what it lost is made up for, and no more.
    this.freeAt = Math.max(this.freeAt, now - 20);
    while (this.waiting.length > 0 && this.freeAt <= now) {
      const piece = this.waiting.shift()!;
      this.freeAt += piece.bytes.length / this.bytesPerMs;
      this.moved += piece.bytes.length;
      this.underWay.push({ piece, arrivesAt: Math.max(now, this.freeAt) + this.delayMs });
      piece.sent();
    }
    while (this.underWay.length > 0 && this.underWay[0]!.arrivesAt <= now) {
      const { bytes, to, arrived } = this.underWay.shift()!.piece;
      if (!to.destroyed) to.write(bytes);
      arrived();
    }
    const due = Math.min(this.waiting.length > 0 ? this.freeAt : Infinity, this.underWay[0]?.arrivesAt ?? Infinity);
    if (due === Infinity) return;
    this.timer = setTimeout(
      () => {
        this.timer = null;
        this.next();
      },
      Math.max(1, due - now),
    );
  }

  close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.waiting.length = 0;
    this.underWay.length = 0;
  }
}

/**
 * A line to `target` on loopback that is as slow and as far as is said: all its connections share the rate, of which a
 * proxy that delays whole pieces is a fair likeness; loss and what TCP makes of it are not in it.
 */
export async function openSlowLine(
  target: string,
  options: { megabitsPerSecond: number; delayMs: number },
): Promise<SlowLine> {
  const { hostname, port } = new URL(target);
  const down = new Direction(options.delayMs);
  const up = new Direction(options.delayMs);
  const sockets = new Set<Socket>();
  const carry = (from: Socket, to: Socket, direction: Direction) => {
    let waiting = 0;
    let underWay = 0;
    let ended = false;
    from.on('data', (chunk: Buffer) => {
      for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
        waiting += 1;
        underWay += 1;
        direction.put({
          bytes: chunk.subarray(at, at + PIECE_BYTES),
          to,
          sent: () => {
            waiting -= 1;
            if (waiting < 2) from.resume();
          },
          arrived: () => {
            underWay -= 1;
            if (ended && underWay === 0) to.end();
          },
        });
      }
      if (waiting >= 2) from.pause();
    });
    from.on('end', () => {
      ended = true;
      if (underWay === 0) to.end();
    });
  };
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (near) => {
    const far = connect({ host: hostname, port: Number(port), noDelay: true, allowHalfOpen: true });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one
        .on('error', () => undefined)
        .once('close', () => {
          sockets.delete(one);
          other.destroy();
        });
    }
    carry(near, far, up);
    carry(far, near, down);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const setRate = (megabitsPerSecond: number) => {
    down.bytesPerMs = (megabitsPerSecond * 1e6) / 8 / 1000;
    up.bytesPerMs = down.bytesPerMs;
  };
  setRate(options.megabitsPerSecond);
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    setRate,
    moved() {
      const sum = { down: down.moved, up: up.moved };
      down.moved = 0;
      up.moved = 0;
      return sum;
    },
    async close() {
      down.close();
      up.close();
      for (const socket of sockets) socket.destroy();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}
