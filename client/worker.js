// The service worker. It keeps every file of one version of the page, so that whoever has opened that version finds all of its
// parts, whatever the server has by then and even if it is gone; and the page opens without the server. A newer version is fetched
// beside it and waits: it takes over when no page of the older one is there any more. The home page, alone, does away with both and is
// loaded anew (index.html): Chromium forgets about `skipWaiting()` if a page asks the older one for a file at that moment. A worker
// never loads a page again, and has no part in anything but these files.

// Which version this is, and its files with their SHA-256: written by `cargo xtask` (xtask/src/pin.rs). Without them, as from
// `trunk serve`, there is nothing to keep, and what was kept before only stands in the way.
const BUILD = '';
const FILES = {};

const { registration } = self;
const prefix = `visavis ${registration.scope} `;
const cacheName = prefix + BUILD;
// What the cache of the version has in it that pages are served from.
const SERVES = 'serves';

// Milliseconds. A browser looks for a newer version when a page is opened: that one is on its way into a call.
const PATIENCE = 10000;

const urlOf = (name) => new URL(name, registration.scope).href;
const ownCaches = async () => (await caches.keys()).filter((name) => name.startsWith(prefix));
const windows = () => self.clients.matchAll({ type: 'window', includeUncontrolled: true });

const digest = async (bytes) =>
  [...new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');

// A file of just this version: the server may have another one by now, and none is made up of two.
const fetchFile = async (name) => {
  const response = await fetch(urlOf(name), { cache: 'no-cache', priority: 'low' });
  if (!response.ok || response.redirected) throw new Error(`${name}: ${response.status}`);
  if ((await digest(await response.clone().arrayBuffer())) !== FILES[name]) throw new Error(`${name} is of another version`);
  return response;
};

const install = async () => {
  if (registration.active) await new Promise((resolve) => setTimeout(resolve, PATIENCE));
  // Of versions that never came to serve nothing stays.
  for (const name of await ownCaches())
    if (name !== cacheName && !(await (await caches.open(name)).match(urlOf(SERVES)))) await caches.delete(name);
  const cache = await caches.open(cacheName);
  try {
    // One by one: a call has more need of the network.
    for (const name of Object.keys(FILES)) await cache.put(urlOf(name), await fetchFile(name));
  } catch (error) {
    await caches.delete(cacheName);
    throw error;
  }
};

const activate = async () => {
  if (!BUILD) {
    for (const name of await ownCaches()) await caches.delete(name);
    return registration.unregister();
  }
  await (await caches.open(cacheName)).put(urlOf(SERVES), new Response());
  // Another page may be of another version, and keeps its parts, if one page could not do with that one (`visavisRenew` in
  // index.html).
  if ((await windows()).length > 1) return;
  for (const name of await ownCaches()) if (name !== cacheName) await caches.delete(name);
  await self.clients.claim();
};

self.addEventListener('install', (event) => {
  if (BUILD) event.waitUntil(install());
  else self.skipWaiting();
});

self.addEventListener('activate', (event) => event.waitUntil(activate()));

// A page that is about to be closed, or just was, is there for some moments more.
const tellWhenAlone = async (page) => {
  for (let looks = 0; looks < 40; looks += 1) {
    if ((await windows()).length < 2) return page.postMessage('alone');
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
};

self.addEventListener('message', (event) => {
  if (event.data === 'alone?') event.waitUntil(tellWhenAlone(event.source));
});

// The name of the file that a request asks for, if it is one that is kept.
const nameOf = ({ method, mode, url }) => {
  if (!BUILD || method !== 'GET') return;
  const path = url.split(/[?#]/)[0];
  if (!path.startsWith(registration.scope)) return;
  const name = path.slice(registration.scope.length);
  if (name === '' || name === 'index.html') return mode === 'navigate' ? './' : undefined;
  return Object.hasOwn(FILES, name) ? name : undefined;
};

const answer = async ({ request, clientId }, name) => {
  // Whether a page of another origin may frame ours, the server says at the time, and frames are of its version.
  const nested = clientId && (await self.clients.get(clientId))?.frameType === 'nested';
  const kept = nested ? undefined : await (await caches.open(cacheName)).match(urlOf(name), { ignoreVary: true });
  // A browser that needs room may have thrown it away.
  return kept ?? fetch(request);
};

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const name = nameOf(request);
  if (name && !(request.mode === 'navigate' && request.destination !== 'document')) event.respondWith(answer(event, name));
});
