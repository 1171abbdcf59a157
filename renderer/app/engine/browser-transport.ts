/** From a browser: the WebSocket of the server that delivered this page; its cookie signs the window in. */

import { clientOverSocket } from './client.ts';
import { type Channel, SignedOut, type Transport } from './transport.ts';

const SUBPROTOCOL = 'lightbench.v1';

/** `page` is the address of this page. */
export function browserTransport(page: URL): Transport {
  const address = new URL('/engine', page);
  address.protocol = page.protocol === 'https:' ? 'wss:' : 'ws:';
  return { open: () => openSocket(address, new URL('/session', page)) };
}

function openSocket(address: URL, session: URL): Promise<Channel> {
  const socket = new WebSocket(address, SUBPROTOCOL);
  const closed = new Promise<void>((resolve) => socket.addEventListener('close', () => resolve(), { once: true }));
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => {
      resolve({ client: clientOverSocket(socket), closed, close: () => socket.close() });
    });
    // After `open` this settles nothing any more.
    closed.then(() => whyRefused(session)).then(reject);
  });
}

/** A browser hides the status of a refused handshake, so the session is asked for it. */
async function whyRefused(session: URL): Promise<Error> {
  const reply = await fetch(session).catch(() => null);
  return reply?.status === 401 ? new SignedOut() : new Error('the engine does not answer');
}
