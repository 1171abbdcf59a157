/** What no page may do, whatever it loads: leave the app, open windows, embed others, ask for devices or permissions. */

import type { App, IpcMainEvent, IpcMainInvokeEvent, Session } from 'electron';
import { APP_ORIGIN } from './scheme.ts';

/** Before the first window. */
export function guardContents(app: App): void {
  app.on('web-contents-created', (_, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.on('will-navigate', (event, url) => {
      if (!isAppUrl(url)) event.preventDefault();
    });
    contents.on('will-redirect', (event, url) => {
      if (!isAppUrl(url)) event.preventDefault();
    });
  });
}

/** Every permission is refused. */
export function guardSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
}

/** Whether a message comes from the page of the app itself and not from a frame or a page that took its place. */
export function isFromApp(event: IpcMainEvent | IpcMainInvokeEvent): boolean {
  const frame = event.senderFrame; // null once the page has gone
  return frame !== null && frame.parent === null && isAppUrl(frame.url);
}

/** Whether an address is one of the app's own pages. */
function isAppUrl(url: string): boolean {
  return url === APP_ORIGIN || url.startsWith(`${APP_ORIGIN}/`);
}
