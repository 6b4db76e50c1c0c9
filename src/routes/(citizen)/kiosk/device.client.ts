/** Browser functions of a kiosk: clock, navigation, wake lock and offline start. */

const CLOCK = 'kiosk-clock';

/** Stores the difference between the device's clock and the server's clock, also for an offline start. */
export function storeClockOffset(siteNow: string): void {
	localStorage.setItem(CLOCK, String(Date.parse(siteNow) - Date.now()));
}

/** The current time by the server's clock in ISO 8601 (UTC); by the device's clock if the difference is unknown. */
export function siteTime(): string {
	return new Date(Date.now() + (Number(localStorage.getItem(CLOCK)) || 0)).toISOString();
}

/** Follows a link and replaces the current history entry. Without scripts it is a normal link. */
export function goInPlace(event: MouseEvent & { currentTarget: HTMLAnchorElement }): void {
	event.preventDefault();
	location.replace(event.currentTarget.href);
}

/**
 * Loads the page of the site's new version. That ends full screen, so a device in full screen waits until the page is
 * hidden, for example because its screen turns off.
 *
 * @returns a function that ends the waiting and the loading, for a visitor who comes meanwhile
 */
export function loadNewVersion(): () => void {
	const ending = new AbortController();
	const { signal } = ending;
	let loading = false;
	async function load(): Promise<void> {
		const init: RequestInit = { headers: { accept: 'text/html' }, cache: 'no-store', signal };
		const response = await fetch('/kiosk', init).catch(() => undefined);
		// An error page would neither ask again nor send ratings.
		if (response?.status !== 200 || signal.aborted) return;
		loading = true;
		location.replace('/kiosk');
	}
	if (document.fullscreenElement) document.addEventListener('visibilitychange', () => void load(), { signal });
	else void load();
	return () => {
		ending.abort();
		// Until the new page has arrived, visitors can use this one.
		if (loading) window.stop();
	};
}

/** Keeps the screen on while the page is visible, if the browser supports it. @returns a function that ends this */
export function stayAwake(): () => void {
	let lock: WakeLockSentinel | undefined;
	const requestLock = async () => {
		if (document.visibilityState !== 'visible' || !('wakeLock' in navigator)) return;
		// The browser refuses if the battery is low; the screen then follows the tablet's settings.
		lock = await navigator.wakeLock.request('screen').catch(() => undefined);
	};
	// The browser releases the lock when the page is hidden.
	document.addEventListener('visibilitychange', requestLock);
	void requestLock();
	return () => {
		document.removeEventListener('visibilitychange', requestLock);
		void lock?.release();
	};
}

/**
 * Lets the kiosk page and its exit page start without a connection. The service worker caches their shells, which have no
 * form and no rating, and their files. Its scope is `/kiosk`.
 */
export async function cacheKioskPage(): Promise<void> {
	if (!('serviceWorker' in navigator)) return;
	// Ask the browser not to delete stored ratings when disk space is low.
	void navigator.storage?.persist?.();
	await navigator.serviceWorker.register('/service-worker.js', {
		scope: '/kiosk',
		type: import.meta.env.DEV ? 'module' : 'classic'
	});
	(await navigator.serviceWorker.ready).active?.postMessage('keep-shell');
}
