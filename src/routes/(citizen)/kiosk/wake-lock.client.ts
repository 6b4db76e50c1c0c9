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
