/**
 * Ignores a second submit of a staff form while the first one is on its way, for example after a double click. Browsers
 * would drop the first response, and the site would store the form twice or refuse it as outdated.
 */

/** Milliseconds after which a form can be sent again, because a person may have stopped the request. */
const RELEASED_AFTER = 30_000;

let sending = new Set<EventTarget>();

// Handlers of the form itself run first. A form that a script sends, or whose response is a file, stays on the page.
addEventListener('submit', (event) => {
	const form = event.target as HTMLFormElement;
	if (event.defaultPrevented || form.getAttribute('method')?.toLowerCase() !== 'post' || 'downloads' in form.dataset)
		return;
	if (sending.has(form)) return event.preventDefault();
	sending.add(form);
	setTimeout(() => sending.delete(form), RELEASED_AFTER);
});
// A person who stopped the request and corrects the form may send it at once.
addEventListener('input', (event) => {
	const { form } = event.target as HTMLInputElement;
	if (form) sending.delete(form);
});
// Back shows the page as it was left.
addEventListener('pageshow', () => (sending = new Set()));

// A module, so that its spec can load it.
export {};
