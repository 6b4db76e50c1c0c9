import {
	deleteRating,
	keepRating,
	RATINGS_SCOPE,
	RATINGS_TAG,
	waitingRatings
} from '#lib/ui/form/unsent/phone-store.ts';

/** The browser's background sync, which only Chromium has. */
interface Syncing {
	sync?: { register: (tag: string) => Promise<void> };
}

const keyOf = (form: HTMLFormElement) => new FormData(form).get('submission_id') as string;

async function registered(): Promise<(ServiceWorkerRegistration & Syncing) | undefined> {
	return navigator.serviceWorker?.getRegistration(RATINGS_SCOPE);
}

/** Registers the service worker at the first touch of a rating form, while there is a connection. */
export function allowLater(form: HTMLFormElement): void {
	const type = import.meta.env.DEV ? 'module' : 'classic';
	const register = () => navigator.serviceWorker.register('/service-worker.js', { scope: RATINGS_SCOPE, type });
	form.addEventListener('input', () => void register().catch(() => undefined), { once: true });
	void sendWaiting().catch(() => undefined);
}

/** Lets the browser send waiting ratings for which it has given up, after a few attempts. */
export async function sendWaiting(): Promise<void> {
	const registration = await registered();
	if (registration && (await waitingRatings()).length > 0) await registration.sync?.register(RATINGS_TAG);
}

/** Fields that the site would refuse. An officer is not required in a rating that arrives after its page was closed. */
const REFUSED = ':invalid:not(fieldset, [name=officer])';

/**
 * Lets the service worker send a rating, also after the page is closed. A rating that the site would refuse stays on
 * its page, where the person can read why.
 *
 * @returns whether the service worker has it
 */
export async function queueRating(form: HTMLFormElement): Promise<boolean> {
	try {
		const registration = await registered();
		if (!registration?.sync || form.querySelector(REFUSED)) return false;
		const body = new URLSearchParams([...new FormData(form)] as [string, string][]).toString();
		await keepRating({ key: keyOf(form), action: form.action, body });
		await registration.sync.register(RATINGS_TAG);
		return true;
	} catch {
		await unqueueRating(form);
		return false;
	}
}

/** Takes back a rating that was sent from the page, or is being changed. */
export const unqueueRating = (form: HTMLFormElement): Promise<void> => deleteRating(keyOf(form)).catch(() => undefined);
