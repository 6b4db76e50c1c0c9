/**
 * Lets the kiosk's page start without a line: its service worker keeps the page's shell, which holds no form and nobody's
 * rating, and the files it is made of. It serves addresses below `/kiosk` alone.
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
