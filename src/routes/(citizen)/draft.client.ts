/** Key prefix of this tab's drafts in session storage; the page's path follows. */
const PREFIX = 'draft:';

/** Hidden fields that are not stored: the encrypted opening time of the form and the honeypot. */
const NOT_KEPT = new Set(['opened', 'homepage']);

/** Time in which text that did not arrive is offered again. */
const OFFERED_MS = 30 * 60_000;

interface Draft {
	texts: [string, string][];
	/** Time of sending. The receipt page deletes drafts, so a draft that still has this did not arrive. */
	sentAt: number | null;
}

/**
 * Stores the typed text in this tab until it is sent, so that a reload or a lost connection loses nothing. The submission id
 * is stored too, so that text is not accepted twice. A new visit starts with an empty form, because it may be another
 * person; text that did not arrive is only offered.
 */
export function keepDraft(form: HTMLFormElement): void {
	const key = PREFIX + location.pathname;
	const draft = read(key);
	// A form returned by the server has newer values than the draft.
	if (form.dataset.draft === 'empty' && draft) {
		if (cameBack()) fill(form, draft.texts);
		else if (draft.sentAt !== null && Date.now() - draft.sentAt < OFFERED_MS) offer(form, key, draft);
		else sessionStorage.removeItem(key);
	}
	const keep = (sentAt: number | null) => {
		const draft: Draft = { texts: textsOf(form), sentAt };
		sessionStorage.setItem(key, JSON.stringify(draft));
	};
	form.addEventListener('input', () => keep(null));
	form.addEventListener('submit', () => keep(Date.now()));
	// After sending, Back shows the values that the browser stored. The text has arrived, so the form is reset.
	const beginAnew = (cached: boolean) => {
		if (read(key) !== null || !textsOf(form).some(isTyped)) return;
		if (cached) location.reload();
		else if (form.dataset.draft === 'empty' && cameBack()) form.reset();
	};
	window.addEventListener('pageshow', (event) => beginAnew(event.persisted));
	if (document.readyState === 'complete') beginAnew(false);
}

/** Deletes the drafts of this tab after the server has accepted a form. */
export function dropDrafts(): void {
	for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX)) sessionStorage.removeItem(key);
}

function read(key: string): Draft | null {
	return JSON.parse(sessionStorage.getItem(key) ?? 'null') as Draft | null;
}

function cameBack(): boolean {
	const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
	return navigation?.type === 'reload' || navigation?.type === 'back_forward';
}

function offer(form: HTMLFormElement, key: string, draft: Draft): void {
	const bar = document.getElementById('draft-offer');
	if (!bar) return;
	bar.hidden = false;
	const answer = (id: string, work: () => void) =>
		document.getElementById(id)?.addEventListener('click', () => {
			work();
			bar.hidden = true;
		});
	answer('draft-take', () => fill(form, draft.texts));
	answer('draft-drop', () => sessionStorage.removeItem(key));
}

const isTyped = ([name, value]: [string, string]) => name === 'body' && value !== '';

function textsOf(form: HTMLFormElement): [string, string][] {
	return [...new FormData(form)].filter(
		(entry): entry is [string, string] => typeof entry[1] === 'string' && !NOT_KEPT.has(entry[0])
	);
}

function fill(form: HTMLFormElement, texts: readonly [string, string][]): void {
	for (const control of form.elements) {
		if (control instanceof HTMLInputElement && (control.type === 'radio' || control.type === 'checkbox')) {
			control.checked = texts.some(([name, value]) => name === control.name && value === control.value);
		} else if (
			(control instanceof HTMLInputElement && control.type !== 'file') ||
			control instanceof HTMLTextAreaElement ||
			control instanceof HTMLSelectElement
		) {
			const entry = texts.find(([name]) => name === control.name);
			if (entry) control.value = entry[1];
		}
	}
}
