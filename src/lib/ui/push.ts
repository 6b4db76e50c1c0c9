/** The service worker is registered for this address, which has no page: it serves none and only shows push messages. */
const PUSH_SCOPE = '/lacak/kabar';

export const canPush = (): boolean =>
	'serviceWorker' in navigator && 'PushManager' in globalThis && 'Notification' in globalThis;

/** The subscription of this browser, if it has one. */
export async function subscription(): Promise<PushSubscription | undefined> {
	const registration = await navigator.serviceWorker.getRegistration(PUSH_SCOPE);
	return (await registration?.pushManager.getSubscription()) ?? undefined;
}

/**
 * Asks for permission and subscribes this browser.
 * @param key the public key of the site
 * @returns the fields of the site's forms; undefined if permission was not given
 */
export async function subscribe(key: string): Promise<Record<string, string> | undefined> {
	if ((await Notification.requestPermission()) !== 'granted') return undefined;
	const { pushManager } = await activeRegistration();
	const options = { userVisibleOnly: true, applicationServerKey: key };
	const { endpoint = '', keys } = await pushManager
		.subscribe(options)
		.catch(async () => {
			// A subscription for a former key of this site is in the way.
			await (await pushManager.getSubscription())?.unsubscribe();
			return pushManager.subscribe(options);
		})
		.then((subscribed) => subscribed.toJSON());
	return { endpoint, ...keys };
}

async function activeRegistration(): Promise<ServiceWorkerRegistration> {
	const type = import.meta.env.DEV ? 'module' : 'classic';
	const registration = await navigator.serviceWorker.register('/service-worker.js', { scope: PUSH_SCOPE, type });
	const worker = registration.installing ?? registration.waiting;
	if (worker && !registration.active)
		await new Promise<void>((done) =>
			worker.addEventListener('statechange', () => worker.state === 'activated' && done())
		);
	return registration;
}
