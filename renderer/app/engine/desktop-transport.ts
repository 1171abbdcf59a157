/** In the desktop: the shell hands over a MessagePort whose other end leads to the engine. */

import type { DesktopBridge } from '../../../preload/contract/desktop.ts';
import { ENGINE_PORT_MESSAGE } from '../../../preload/contract/desktop.ts';
import { clientOverPort } from './client.ts';
import { type Channel, EngineUnavailable, Refused, type Transport } from './transport.ts';

/** `bridge` is what the preload script put on the window. */
export function desktopTransport(bridge: DesktopBridge, target: Window): Transport {
  return { open: () => openPort(bridge, target) };
}

async function openPort(bridge: DesktopBridge, target: Window): Promise<Channel> {
  const handedOver = nextPort(target);
  const opened = await bridge.openEngine();
  if (!opened.ok) {
    handedOver.cancel();
    throw opened.isRefused ? new Refused(opened.reason) : new EngineUnavailable(opened.reason);
  }
  const port = await handedOver.port;
  const closed = new Promise<void>((resolve) => {
    const forget = bridge.onEngineLost(() => {
      forget();
      port.close();
      resolve();
    });
  });
  return { client: clientOverPort(port), closed, close: () => bridge.closeEngine() };
}

/** A MessagePort cannot cross the bridge itself; the preload script posts it to its own window. */
function nextPort(target: Window): { port: Promise<MessagePort>; cancel(): void } {
  let cancel = () => {};
  const port = new Promise<MessagePort>((resolve) => {
    const onMessage = (event: MessageEvent) => {
      const [port] = event.ports;
      if (event.source !== target || event.data !== ENGINE_PORT_MESSAGE || port === undefined) return;
      cancel();
      resolve(port);
    };
    target.addEventListener('message', onMessage);
    cancel = () => target.removeEventListener('message', onMessage);
  });
  return { port, cancel: () => cancel() };
}
