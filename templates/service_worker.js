{% autoescape off %}// Without a network, a page that says so. Pages come from the network or not at all: nothing a reader sees is kept here.

const CACHE = {{ cache }};
const KEPT = {{ kept }}; // the offline page first, then what it is drawn with
const UNTOUCHED = {{ untouched }};

addEventListener("install", (event) => {
  const keep = async () => {
    const cache = await caches.open(CACHE);
    await cache.addAll(KEPT.map((url) => new Request(url, { cache: "no-cache" })));
    await skipWaiting(); // no open page leans on the version before
  };
  event.waitUntil(keep());
});

addEventListener("activate", (event) => {
  const takeOver = async () => {
    for (const name of await caches.keys()) {
      if (name !== CACHE) await caches.delete(name);
    }
    await clients.claim();
  };
  event.waitUntil(takeOver());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (UNTOUCHED.some((start) => pathname.startsWith(start))) return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => kept(KEPT[0])));
  else if (KEPT.includes(pathname)) event.respondWith(fetch(request).catch(() => kept(pathname)));
});

// The tab goes there by itself: navigating it from here would end what it plays.
addEventListener("notificationclick", (event) => {
  const { notification } = event;
  notification.close();
  const open = async () => {
    const [tab] = await clients.matchAll({ type: "window" });
    if (!tab) return clients.openWindow(notification.data);
    tab.postMessage({ visit: notification.data });
    return tab.focus();
  };
  event.waitUntil(open());
});

async function kept(url) {
  return (await caches.match(url, { ignoreVary: true })) ?? Response.error();
}
{% endautoescape %}
