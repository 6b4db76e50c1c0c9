/** What a kiosk asks of its browser. */

const CLOCK = 'kiosk-clock';

/** Keeps how far the device's clock is from the site's, also for a start without a connection. */
export function hearClock(siteNow: string): void {
	localStorage.setItem(CLOCK, String(Date.parse(siteNow) - Date.now()));
}

/** The present moment by the site's clock, as far as the device knows it, in ISO 8601 (UTC). */
export function siteTime(): string {
	return new Date(Date.now() + (Number(localStorage.getItem(CLOCK)) || 0)).toISOString();
}

/** Follows a link and replaces the page in the history. Without scripts the link works normally. */
export function goInPlace(event: MouseEvent & { currentTarget: HTMLAnchorElement }): void {
	event.preventDefault();
	location.replace(event.currentTarget.href);
}

/** Keeps the screen on while the page is visible, if the browser can. Returns a function that ends this. */
export function stayAwake(): () => void {
	let held: WakeLockSentinel | undefined;
	const hold = async () => {
		if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
		// Refused on a low battery: the tablet's own setting decides then.
		held = await navigator.wakeLock.request('screen').catch(() => undefined);
	};
	// The browser lets it go whenever the page is hidden.
	document.addEventListener('visibilitychange', hold);
	void hold();
	return () => {
		document.removeEventListener('visibilitychange', hold);
		void held?.release();
	};
}

/**
 * Lets the kiosk's page start without a connection: its service worker keeps the page's shell, which holds no form and
 * nobody's rating, and the files it is made of. It serves addresses below `/kiosk` alone.
 */
export async function keepShell(): Promise<void> {
	if (!('serviceWorker' in navigator)) return;
	// Asks the browser not to delete waiting ratings when space is low.
	void navigator.storage?.persist?.();
	await navigator.serviceWorker.register('/service-worker.js', {
		scope: '/kiosk',
		type: import.meta.env.DEV ? 'module' : 'classic'
	});
	(await navigator.serviceWorker.ready).active?.postMessage('keep-shell');
}
