/** Loaded into the sites of the journeys before they start: a push service of a journey is on this machine. */
globalThis.spatulaLocalPush = true;
