// Everything that runs in the reader's browser, set going once; pages come and go under it (Turbo Drive).

import * as Turbo from "../vendor/turbo-8.0.23/turbo.es2017-esm.js";
import { startArrival } from "./arrival.js";
import { startBadges } from "./badges.js";
import { startCopying } from "./copying.js";
import { startDrafts } from "./drafts.js";
import { startForms } from "./forms.js";
import { startFurther } from "./further.js";
import { startHeard } from "./heard.js";
import { startIndicator } from "./indicator.js";
import { startLive } from "./live.js";
import { startNotifications } from "./notifications.js";
import { currentReader, onEveryPage } from "./page.js";
import { startPlayer } from "./player.js";
import { startPoller } from "./poller.js";
import { startServiceWorker } from "./serviceworker.js";
import { startSight } from "./sight.js";
import { startTimeline } from "./timeline.js";
import { clearToasts, startToasts } from "./toasts.js";
import { startTrackActions } from "./trackactions.js";
import { startTransfers } from "./transfers.js";

let reader = currentReader();

onEveryPage(() => {
  if (reader === currentReader()) return;
  reader = currentReader();
  clearToasts();
  Turbo.cache.clear(); // Back must not show the pages of a reader who has left
});

startSight();
startArrival();
startDrafts();
startForms();
startFurther();
startCopying();
startTrackActions();
startTransfers();
startBadges();
startTimeline();
startIndicator();
startNotifications();
startToasts();
startHeard();
startPlayer();
startPoller();
startLive();
startServiceWorker();
