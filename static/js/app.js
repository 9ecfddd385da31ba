// Everything that runs in the reader's browser, set going once; pages come and go under it (Turbo Drive).

import * as Turbo from "../vendor/turbo-8.0.23/turbo.es2017-esm.js";
import { startArrival } from "./arrival.js";
import { startBadges } from "./badges.js";
import { startDrafts } from "./drafts.js";
import { startForms } from "./forms.js";
import { startIndicator } from "./indicator.js";
import { currentReader, onEveryPage } from "./page.js";
import { startPlayer } from "./player.js";
import { startPoller } from "./poller.js";
import { startToasts } from "./toasts.js";
import { startTrackActions } from "./trackactions.js";

let reader = currentReader();

onEveryPage(() => {
  if (reader === currentReader()) return;
  reader = currentReader();
  Turbo.cache.clear(); // Back must not show the pages of a reader who has left
});

startArrival();
startDrafts();
startForms();
startTrackActions();
startBadges();
startIndicator();
startToasts();
startPlayer();
startPoller();
