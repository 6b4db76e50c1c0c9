/**
 * Guards the forms of staff, of the sign-in pages and of a pairing link. Ignores a second submit while the first request
 * is running, for example after a double click: otherwise browsers drop the first response, and the site stores the form
 * twice or refuses it as outdated. Keeps a form of staff on the page while the site can't be reached. Ignores the second
 * click of a double click on a form that lacks a field.
 */
import { isSiteReachable } from '../is-site-reachable.ts';

/** Milliseconds after which a form can be sent again, because a person may have stopped the request. */
const RELEASE_AFTER_MS = 30_000;

let sending = new Set<EventTarget>();

// Handlers of the form itself run first. A form that a script sends, or whose response is a file, stays on the page.
addEventListener('submit', (event) => {
	const form = event.target as HTMLFormElement;
	if (event.defaultPrevented || form.getAttribute('method')?.toLowerCase() !== 'post' || 'downloads' in form.dataset)
		return;
	if (sending.has(form)) return event.preventDefault();
	if (!connected && unsent) return void sendIfReachable(event as SubmitEvent, form);
	sending.add(form);
	setTimeout(() => sending.delete(form), RELEASE_AFTER_MS);
});

/** What the button says without a connection, in pages that have the words. */
const unsent = document.querySelector<HTMLElement>('script[data-unsent]')?.dataset.unsent;
/** Milliseconds after which a site that does not respond counts as not connected. */
const PROBE_MS = 3000;
let connected = true;
addEventListener('offline', () => (connected = false));
addEventListener('online', () => (connected = true));

/**
 * Sends a form again if the site responds, because a computer without a network can have its own site. Otherwise keeps
 * the page.
 */
async function sendIfReachable(event: SubmitEvent, form: HTMLFormElement): Promise<void> {
	event.preventDefault();
	// The form is not sent, so a listener that stores its text must not take it for sent.
	form.dispatchEvent(new Event('input'));
	const button = (event.submitter ?? form.querySelector('button')) as HTMLButtonElement | null;
	connected = (await isSiteReachable(PROBE_MS)) || connected;
	if (connected) return form.requestSubmit(event.submitter);
	button?.setCustomValidity(unsent ?? '');
	button?.reportValidity();
	// The next press tries again.
	addEventListener('click', () => button?.setCustomValidity(''), { capture: true, once: true });
}

// A person who stopped the request and corrects the form may send it at once.
addEventListener('input', (event) => {
	const { form } = event.target as HTMLInputElement;
	if (form) sending.delete(form);
});
/** Milliseconds after a form was not sent in which a click belongs to the same double click. */
const DOUBLE_CLICK_MS = 500;
let invalidAt = -DOUBLE_CLICK_MS;
let invalidForm: HTMLFormElement | null = null;
// The browser scrolls to the field that is missing. A second click would change whatever is now below the pointer, and
// it closes the browser's message, which is therefore shown again.
addEventListener(
	'invalid',
	({ timeStamp, target }) => {
		invalidAt = timeStamp;
		invalidForm = (target as HTMLInputElement).form;
	},
	true
);
addEventListener(
	'click',
	(event) => {
		if ((event as MouseEvent).detail < 2 || event.timeStamp - invalidAt >= DOUBLE_CLICK_MS) return;
		event.preventDefault();
		invalidForm?.reportValidity();
	},
	true
);
// The Back button may show the page in its old state.
addEventListener('pageshow', () => (sending = new Set()));
