/** Sends citizens' forms without leaving the page, and keeps what was typed. The forms also work without scripts. */
import { keepTypedText, markSent } from './draft.client.ts';
import { dropMendedError, problemOf, type Control } from './field-error.client.ts';
import { formBar } from './form-bar.client.ts';
import { switchContactOff } from './identity.client.ts';
import { createElement } from './create-element.client.ts';
import { preparePhotos, showProgress, unreadableFile } from './photos.client.ts';
import { allowLater, queueRating, unqueueRating } from './background-sync.client.ts';
import { post } from './post.client.ts';
import { FIELDS, goOn, keepReview } from './review.client.ts';

/** Milliseconds until an unsent form is sent again: the first wait, which doubles, and the longest. */
const FIRST_WAIT = 4_000;
const LONGEST_WAIT = 60_000;
/** Milliseconds after which the bar says that the form is being sent again. Most such attempts fail at once. */
const SOON = 2_000;
/** Milliseconds for which photos are sent again by time. Then only a returning connection or the button sends them. */
const PHOTOS_RETRIED = 60 * 60_000;

/** Addresses after which the draft stays: the receipt, whose script deletes it, and the page that asks for the code. */
const TEXT_STAYS = /\/terima$|\?habis/;

/** `unsent`: the text was changed while the form is sent. `waiting`: it could not be sent, and is sent again. */
type State = 'idle' | 'sending' | 'unsent' | 'waiting';

enhanceAll(false);

function enhanceAll(inPlace: boolean): void {
	for (const form of document.querySelectorAll<HTMLFormElement>('form[data-keep]')) enhance(form, inPlace);
}

function enhance(form: HTMLFormElement, inPlace: boolean): void {
	form.dataset.live = '';
	const words = (form.nextElementSibling as HTMLElement).dataset;
	const bar = formBar(form);
	// Must run before `keepTypedText` and `keepReview`: they skip fields that are switched off.
	switchContactOff(form);
	const dropDraft = keepTypedText(form, bar, inPlace);
	const photos = preparePhotos(form);
	for (const input of form.querySelectorAll<HTMLInputElement>('input[type=date]')) showDate(input);
	keepReview(form);
	form.addEventListener('change', ({ target }) => (target as Control).name === 'score' && showReasons(form));
	const later = form.dataset.later !== undefined && 'SyncManager' in globalThis;
	if (later) allowLater(form);

	let state: State = 'idle';
	let wait = FIRST_WAIT;
	let timer: ReturnType<typeof setTimeout> | undefined;
	let pressedAt = 0;

	form.addEventListener('input', ({ target }) => {
		if ((target as Element).id === 'keep-on-phone') return;
		dropMendedError(target as Control);
		// Only the changed rating may be sent.
		if (later) void unqueueRating(form);
		if (state === 'sending') state = 'unsent';
		if (state !== 'waiting') return;
		state = 'idle';
		clearTimeout(timer);
		bar.show('unsent');
	});
	form.addEventListener('submit', (event) => {
		event.preventDefault();
		if (goOn()) return;
		if (words.cookies !== undefined && !navigator.cookieEnabled) return bar.show('cookies');
		wait = FIRST_WAIT;
		pressedAt = Date.now();
		bar.show('sending');
		if (state === 'idle' || state === 'waiting') void send();
	});
	addEventListener('offline', () => bar.showOffline(true));
	addEventListener('online', () => {
		bar.showOffline(false);
		if (state === 'waiting') void send();
	});

	async function send(): Promise<void> {
		if (!form.isConnected) return;
		state = 'sending';
		clearTimeout(timer);
		bar.lock(true);
		const late = setTimeout(() => bar.showSent(0), SOON);
		await photos();
		const reply = await post(form, bodyOf(form), (part) => {
			if (!showProgress(form, part)) return;
			clearTimeout(late);
			bar.showSent(part);
		});
		clearTimeout(late);
		if (!reply) {
			// An unreadable file fails as a lost connection does, but sending it again does not help.
			const unreadable = await unreadableFile(form);
			if (!unreadable) return unsent();
			stop('idle');
			return bar.showAnswer(`${unreadable.name}: ${words.unreadable}`);
		}
		if (later) await unqueueRating(form);
		if (reply.location !== null) return leave(reply.location);
		stop('idle');
		const { page } = reply;
		if (!page) return bar.show('large');
		if (page.querySelector('main form[data-keep]')) return showAgain(form, page, reply.url);
		// The site answered with an error page. The form stays, so that no typed text is lost.
		const [title, ...rest] = page.querySelectorAll('main h1, main p:not(.status):not(.hint):not(.row)');
		bar.showAnswer(
			createElement('strong', '', title?.textContent),
			...rest.map((line) => ` ${line.textContent.trim()}`)
		);
	}

	function stop(next: State): void {
		state = next;
		bar.lock(false);
	}

	async function unsent(): Promise<void> {
		const queued = later && state === 'sending' && (await queueRating(form));
		if (queued) await dropDraft();
		// In a browser that can't lock the form, changed text is sent only if the person presses the button again.
		const next = state === 'sending' ? 'waiting' : 'idle';
		const hasFiles = Boolean(form.querySelector<HTMLInputElement>('input[type=file]')?.files?.length);
		const left = hasFiles ? pressedAt + PHOTOS_RETRIED - Date.now() : Infinity;
		if (next === 'waiting' && left > FIRST_WAIT) {
			timer = setTimeout(() => void send(), Math.min(wait, left));
			// Photos cost the person's data, so they are sent again less and less often.
			wait = hasFiles ? wait * 4 : Math.min(wait * 2, LONGEST_WAIT);
		}
		bar.show(next === 'idle' ? 'unsent' : queued ? 'later' : 'waiting');
		stop(next);
	}

	async function leave(address: string): Promise<void> {
		// Back shows the form as it was sent.
		window.addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
		// A text about a report stays if the time to view that report has ended, until the code is typed again. The text of
		// a new report stays until its receipt is shown, because sending it again leads to the same receipt.
		if (!TEXT_STAYS.test(address)) await dropDraft().catch(() => undefined);
		else if (address.endsWith('/terima')) markSent(form.dataset.keep || location.pathname);
		location.assign(address);
		// If the person stops the loading, the button works again.
		setTimeout(stop, LONGEST_WAIT, 'idle');
	}
}

/** Scrolls to the reasons that appear below a chosen score, where the button may cover them. */
function showReasons(form: HTMLFormElement): void {
	// Those of other scores are not displayed, so nothing scrolls to them.
	for (const reasons of form.querySelectorAll('.praise, .improvements')) reasons.scrollIntoView({ block: 'nearest' });
}

/**
 * The form's fields. The files are left out if the site is going to refuse the form, for example without a required
 * field, because uploading them takes long.
 */
function bodyOf(form: HTMLFormElement): FormData {
	const body = new FormData(form);
	const fields = [...form.querySelectorAll<Control>(FIELDS)];
	if (fields.some((field) => field.validity.valueMissing || problemOf(field))) body.delete('file');
	return body;
}

/**
 * Shows the page that the site returned: the form with its errors. Chosen files stay chosen even if they are the error:
 * the person removes the wrong ones, and a photo that was taken in the form may be nowhere else.
 */
function showAgain(form: HTMLFormElement, page: Document, url: string): void {
	const main = document.querySelector('main') as HTMLElement;
	const files = form.querySelector<HTMLInputElement>('input[type=file]')?.files;
	const nonce = document.querySelector<HTMLStyleElement>('style[nonce]')?.nonce ?? '';
	for (const { textContent } of page.head.querySelectorAll('style')) {
		const style = createElement('style', '', textContent);
		style.nonce = nonce;
		document.head.append(style);
	}
	document.title = page.title;
	const { lang } = page.documentElement;
	// The person may have changed the language in another tab.
	if (document.documentElement.lang !== lang) {
		document.documentElement.lang = lang;
		for (const part of ['.room > .skip', '.room > header', '.room > footer'])
			document.querySelector(part)?.replaceWith(page.querySelector(part) ?? '');
	}
	history.replaceState(history.state, '', url);
	main.replaceChildren(...(page.querySelector('main') as HTMLElement).childNodes);
	const input = main.querySelector<HTMLInputElement>('form[data-keep] input[type=file]');
	if (input && files) {
		input.files = files;
		document.getElementById('file-again')?.remove();
		// Files that are chosen now are added to the list, so the person has to remove the refused one, named in the error.
		const error = document.getElementById('file-error');
		const isNamed = [...files].some(({ name }) => error?.textContent.includes(name));
		if (isNamed) error?.append(` ${input.dataset.drop ?? ''}`);
	}
	enhanceAll(true);
	const link = main.querySelector<HTMLAnchorElement>('#errors a');
	const field = link && document.getElementById(link.hash.slice(1));
	const details = field?.closest('details');
	if (details) details.open = true;
	// Shows the step of the field.
	if (field?.closest('.guided')) location.replace(`#${field.id}`);
	const first = field?.matches('input, select, textarea') ? field : field?.querySelector<HTMLElement>('input');
	const alert = main.querySelector<HTMLElement>('[role=alert]');
	if (alert) alert.tabIndex = -1;
	(first ?? alert)?.focus();
}

/** Writes the chosen day below its field as the site writes dates; browsers show it in their own language and order. */
function showDate(input: HTMLInputElement): void {
	const words = createElement('output', 'hint');
	words.htmlFor.add(input.id);
	input.after(words);
	const say = () => {
		const day = input.valueAsDate;
		const part = (options: Intl.DateTimeFormatOptions) =>
			day?.toLocaleDateString(document.documentElement.lang, { ...options, timeZone: 'UTC' });
		const date = [part({ day: 'numeric' }), part({ month: 'long' }), part({ year: 'numeric' })].join(' ');
		words.hidden = !day;
		words.textContent = day ? `${part({ weekday: 'long' })}, ${date}` : '';
	};
	input.addEventListener('input', say);
	// `review` follows when a kept text was filled in, or the form was reset.
	input.form?.addEventListener('review', say);
	say();
}
