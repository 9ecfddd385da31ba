// Without a network, navigations show a page that says so (templates/service_worker.js).

export function startServiceWorker() {
  const url = document.body.dataset.serviceWorkerUrl;
  if (!url || !("serviceWorker" in navigator)) return; // plain http, or a browser without
  // A browser that refuses it (a private window, a full disk) shows its own page instead.
  const register = () => navigator.serviceWorker.register(url, { updateViaCache: "none" }).catch(() => {});
  if (document.readyState === "complete") register();
  else addEventListener("load", register); // the page and its music come first
}
