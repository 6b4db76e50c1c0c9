/**
 * Ignores a second submit of a form of staff, of the sign-in pages or of a pairing link while the first request is
 * running, for example after a double click. Otherwise browsers drop the first response, and the site stores the form
 * twice or refuses it as outdated.
 */

/** Milliseconds after which a form can be sent again, because a person may have stopped the request. */
const RELEASE_AFTER_MS = 30_000;

let sending = new Set<EventTarget>();

// Handlers of the form itself run first. A form that a script sends, or whose response is a file, stays on the page.
addEventListener('submit', (event) => {
	const form = event.target as HTMLFormElement;
	if (event.defaultPrevented || form.getAttribute('method')?.toLowerCase() !== 'post' || 'downloads' in form.dataset)
		return;
	if (sending.has(form)) return event.preventDefault();
	if (!connected && unsent) return keepHere(event as SubmitEvent, form);
	sending.add(form);
	setTimeout(() => sending.delete(form), RELEASE_AFTER_MS);
});

/** What the button says without a connection, in pages that have the words. */
const unsent = document.querySelector<HTMLElement>('script[data-unsent]')?.dataset.unsent;
// Not `navigator.onLine`: a computer without a network can open a site of its own.
let connected = true;
addEventListener('offline', () => (connected = false));
addEventListener('online', () => (connected = true));

/** Keeps the page, because the browser's page about the lost connection would lose chosen files. */
function keepHere(event: SubmitEvent, form: HTMLFormElement): void {
	event.preventDefault();
	const button = (event.submitter ?? form.querySelector('button')) as HTMLButtonElement | null;
	button?.setCustomValidity(unsent ?? '');
	button?.reportValidity();
	addEventListener('online', () => button?.setCustomValidity(''), { once: true });
}

// A person who stopped the request and corrects the form may send it at once.
addEventListener('input', (event) => {
	const { form } = event.target as HTMLInputElement;
	if (form) sending.delete(form);
});
/** Milliseconds after a form was not sent in which a click belongs to the same double click. */
const DOUBLE_CLICK_MS = 500;
let invalidAt = -DOUBLE_CLICK_MS;
// The browser scrolls to the field that is missing. A second click would change whatever is now below the pointer.
addEventListener('invalid', ({ timeStamp }) => (invalidAt = timeStamp), true);
addEventListener(
	'click',
	(event) =>
		(event as MouseEvent).detail > 1 && event.timeStamp - invalidAt < DOUBLE_CLICK_MS && event.preventDefault(),
	true
);
// The Back button may show the page in its old state.
addEventListener('pageshow', () => (sending = new Set()));

// Makes this file a module, so that its spec can import it.
export {};
