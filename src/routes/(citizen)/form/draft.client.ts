import { draftsIn, keysIn, removeKeys } from '#lib/ui/form/unsent/browser-drafts.ts';
import { storableDraft } from '#lib/cases/storable-draft.ts';
import { deleteText, PHONE_KEPT_MS, savedText, saveText, type PhoneTexts } from '#lib/ui/form/unsent/phone-store.ts';
import { showError } from './field-error.client.ts';
import type { FormBar } from './form-bar.client.ts';

/** Drafts of this tab. */
const PREFIX = 'draft:';
const tab = () => sessionStorage;
const inTab = draftsIn<PhoneTexts>(tab, PHONE_KEPT_MS);

/** Name of the file field. Under it a draft has the number of chosen files, because a browser can't keep the files. */
const FILES = 'file';

/** Under it a draft has the end of the form's address: the step in which something was typed last. */
const STEP = '#';

/** Under it a draft says that its text comes from the phone, which has neither files nor a withheld name. */
const RESUMED = '?';

/** Forms whose text this page stored on the phone. */
const onPhone = new Set<string>();

/** Drafts of a tracked report have its number in their key, after this. */
const OF_REPORT = ':';

/**
 * Stores the typed text in this tab until it is sent, so that a reload, another language or office and a lost connection
 * lose nothing. The submission id is stored too, so that the site accepts the text only once. With the box "Simpan
 * sementara" the text is stored on the phone too. There it is only offered, because the next visitor may be another
 * person.
 *
 * @param inPlace the form was returned into its page, so the draft has what was typed in the meantime
 * @returns deletes the draft from the tab, and from the phone if it is the same text
 */
export function keepTypedText(form: HTMLFormElement, bar: FormBar, inPlace: boolean): () => Promise<void> {
	const name = form.dataset.keep || location.pathname;
	const key = PREFIX + name;
	const box = form.querySelector<HTMLInputElement>('#keep-on-phone');
	const files = form.querySelector<HTMLInputElement>('[type=file]');
	const isReturned = form.dataset.draft === 'returned';
	const draft = inTab.kept(key);
	/** Whether a returned form has text as its default values. One that was returned in place has only a kept text. */
	const hadText = isReturned && (!inPlace || draft !== undefined || onPhone.has(name));
	/** Number of files that were chosen before the page was left. */
	let lost = 0;

	restoreFromTab();
	if (box) void offerFromPhone(box).catch(() => undefined);
	box?.addEventListener('change', () => {
		if (box.checked) return;
		onPhone.delete(name);
		void deleteText(name).catch(() => undefined);
	});
	form.addEventListener('input', () => keep());
	// The button by which a visitor says that another officer served them (`ServedBy.svelte`).
	const notThem = form.querySelector<HTMLButtonElement>('button[formaction]');
	notThem?.addEventListener('click', (event) => {
		event.preventDefault();
		const texts = inTab.kept(key);
		// The form with all officers gets the draft without the officer.
		if (texts) inTab.keep(key, { ...texts, officer: [] });
		location.assign(notThem.formAction);
	});
	const keepAgain = () => form.isConnected && inTab.kept(key) && keep(inTab.read(key)?.sent);
	// Photos are ready some time after they were chosen.
	form.addEventListener('review', keepAgain);
	addEventListener('hashchange', keepAgain);
	return drop;

	function keep(sent = false): void {
		const chosen = files?.files?.length;
		if (chosen) lost = 0;
		const texts =
			isTyped(form) || hadText
				? { ...textsOf(form), [FILES]: [`${chosen || lost || ''}`], [STEP]: [location.hash] }
				: undefined;
		inTab.keep(key, texts ?? {}, sent);
		if (!box?.checked) return;
		const isUnkept = () => {
			box.checked = false;
			bar.show('unkept');
		};
		if (texts) void saveText(name, storableDraft(texts)).then(() => onPhone.add(name), isUnkept);
		// The form is empty: nothing was typed yet, or all of it was deleted. An empty text must not be offered later.
		else void deleteText(name).catch(() => undefined);
	}

	/** Fills in what this tab has of the form, or keeps what the form has already. */
	function restoreFromTab(): void {
		if (isReturned) {
			// The returned form keeps its submission id, which may be new.
			if (draft && inPlace) fill(form, withoutId(draft));
			keep();
		} else if (inTab.read(key)?.sent && document.querySelector(`[data-of="${idOf(draft)}"]`)) {
			// The site accepted this text, but its receipt could not be loaded. `data-of` must match, because the receipt of
			// another form may be another person's.
			location.replace('/terima');
		} else if (draft && isForAnother(form, draft)) {
			// The draft names another officer: the next shift has begun, or this is another desk. The form with all officers
			// shows the draft's officer.
			location.replace(servedBy(form)?.dataset.others ?? '');
		} else if (draft) restore(draft);
		else if (cameBack()) resetOnceShown(form, () => inTab.kept(key) !== undefined);
		// The person typed before this script was loaded.
		else if (isTyped(form)) keep();
	}

	/** Goes on with the text that the phone has of the form, or offers it if it may be another person's. */
	async function offerFromPhone(box: HTMLInputElement): Promise<void> {
		const saved = await savedText(name);
		if (!saved) return;
		if (await isOnPhone()) {
			box.checked = true;
			// Stores the new submission id of a returned form. Not after a reload, because storing restarts the kept day.
			if (onPhone.has(name)) keep();
			return;
		}
		// Nothing replaces the kept text before the person has decided.
		box.disabled = true;
		const take = (ask?: () => void) => {
			if (ask && inTab.kept(key)) return ask();
			inTab.keep(key, ofPhone(saved));
			begin();
		};
		const drop = () => {
			box.disabled = false;
			controlsOf(form)
				.find(({ offsetParent }) => offsetParent)
				?.focus();
			return deleteText(name);
		};
		bar.show('found', { take, drop });
	}

	/** Fills the text in, and says so with a button that deletes all of it. */
	function restore(texts: PhoneTexts): void {
		lost = Number(texts[FILES]?.[0]);
		// Before `fill`, after which the last step lists what is sent.
		if (files && lost) showError(files, (files.dataset.lost ?? '').replace('#', String(lost)));
		fill(form, texts);
		bar.show(texts[RESUMED] ? 'resumed' : lost ? 'restoredWithoutFiles' : 'restored', {
			drop: () => drop().then(begin)
		});
	}

	/** Whether the phone's text is the one in this form. A form that the site returned has a new submission id. */
	async function isOnPhone(): Promise<boolean> {
		return onPhone.has(name) || idOf(await savedText(name)) === idOf(textsOf(form));
	}

	async function drop(): Promise<void> {
		dropTabDraft(name);
		if (box && (await isOnPhone().catch(() => false))) await deleteText(name);
	}
}

/** Loads the form anew. */
const begin = () => location.replace(location.pathname + location.search);

const idOf = (texts?: PhoneTexts) => texts?.submission_id?.[0];
const withoutId = (texts: PhoneTexts) => ({ ...texts, submission_id: [] });
const ofPhone = (texts: PhoneTexts) => ({ ...texts, [RESUMED]: ['1'] });

/** Whether this tab still has something that was typed. */
export const hasDraftInTab = (): boolean => keysIn(tab, PREFIX).some((key) => inTab.kept(key) !== undefined);

/** What this tab has of this form, if it was not sent. */
export const unsentDraft = (name: string): PhoneTexts | undefined =>
	inTab.read(PREFIX + name)?.sent ? undefined : inTab.kept(PREFIX + name);

/** The step in which the person wrote last, as the end of an address. */
export const stepOf = (texts: PhoneTexts): string => texts[STEP]?.[0] ?? '';

/** Lets the form go on with text that the phone has of it, without asking. A draft of this tab stays. */
export function resume(name: string, texts: PhoneTexts): void {
	if (!inTab.kept(PREFIX + name)) inTab.keep(PREFIX + name, ofPhone(texts));
}

const dropTabDraft = (name: string) => inTab.keep(PREFIX + name, {});

/**
 * Deletes the text of a form from the phone, and from this tab if it is the same text. The tab may have the draft of
 * another person.
 */
export async function dropPhoneText(name: string): Promise<void> {
	const saved = await savedText(name);
	await deleteText(name);
	if (idOf(saved) === idOf(inTab.kept(PREFIX + name))) dropTabDraft(name);
}

/** Notes that the site has accepted the form. Text that is typed after that is a new draft. */
export function markSent(name: string): void {
	const texts = inTab.kept(PREFIX + name);
	if (texts) inTab.keep(PREFIX + name, texts, true);
}

/**
 * Deletes the draft of a form that was sent from this tab, and from the phone if it is the same text. The receipt calls
 * this each time it is shown, and the person may be writing the next report by then.
 */
export async function dropSentDraft(name: string): Promise<void> {
	if (!inTab.read(PREFIX + name)?.sent) return;
	const sent = idOf(inTab.kept(PREFIX + name));
	dropTabDraft(name);
	if (sent && idOf(await savedText(name)) === sent) await deleteText(name);
}

/** Deletes the drafts of a tracked report from this tab. */
export const dropReportDrafts = () => removeKeys(tab, PREFIX, (key) => key.slice(PREFIX.length).includes(OF_REPORT));

function cameBack(): boolean {
	const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
	return ['reload', 'back_forward'].includes(navigation?.type ?? '');
}

/** Back shows the values that the browser stored. If there is no draft, they were sent, so the form is reset. */
function resetOnceShown(form: HTMLFormElement, isKept: () => boolean): void {
	const reset = () => {
		if (isKept()) return;
		form.reset();
		form.dispatchEvent(new Event('review'));
	};
	if (document.readyState === 'complete') reset();
	else addEventListener('pageshow', reset, { once: true });
}

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

const isToggle = (control: Control) => control.type === 'radio' || control.type === 'checkbox';

/** The officer on duty at the scanned desk, whom the page shows instead of a choice. */
const servedBy = (form: HTMLFormElement) =>
	form.querySelector<HTMLInputElement>('[type=hidden][name=officer][data-others]');

function isForAnother(form: HTMLFormElement, draft: PhoneTexts): boolean {
	const served = servedBy(form);
	return served !== null && draft.officer?.[0] !== served.value;
}

/**
 * The fields that a person fills in, and the submission id. Other hidden fields belong to the page, such as the officer
 * on duty; `homepage` is the trap for machines.
 */
const controlsOf = (form: HTMLFormElement) => [...form.querySelectorAll<Control>(KEPT)];
const KEPT =
	':is(input, textarea, select)[name]:not([type=hidden]:not([name=submission_id]), [type=file], [name=homepage], [form])';

function textsOf(form: HTMLFormElement): PhoneTexts {
	const served = servedBy(form);
	const texts: PhoneTexts = served ? { officer: [served.value] } : {};
	for (const control of controlsOf(form)) {
		// A choice without a value, such as "don't know", is kept too.
		if (isToggle(control) ? !(control as HTMLInputElement).checked : control.value === '') continue;
		(texts[control.name] ??= []).push(control.value);
	}
	return texts;
}

/** Whether a field differs from the page that the server sent. */
export const isTyped = (form: HTMLFormElement): boolean =>
	controlsOf(form).some((control) => {
		if (control instanceof HTMLSelectElement) {
			return !control.selectedOptions[0]?.defaultSelected && control.selectedIndex > 0;
		}
		return isToggle(control)
			? (control as HTMLInputElement).checked !== (control as HTMLInputElement).defaultChecked
			: control.value !== control.defaultValue;
	});

function fill(form: HTMLFormElement, texts: PhoneTexts): void {
	const controls = controlsOf(form);
	for (const control of controls) {
		const values = texts[control.name];
		if (!values?.length) continue;
		if (isToggle(control)) (control as HTMLInputElement).checked = values.includes(control.value);
		else control.value = values[0] ?? '';
		const details = control.closest('details');
		if (details && (!isToggle(control) || (control as HTMLInputElement).checked)) details.open = true;
	}
	// A choice that was withdrawn, or that another office does not have, leaves its field empty.
	const filled = textsOf(form);
	for (const control of controls) {
		if (!texts[control.name]?.length || filled[control.name]) continue;
		filled[control.name] = [];
		if (!isToggle(control)) control.value = '';
		showError(control, form.dataset.withdrawn ?? '');
	}
	form.dispatchEvent(new Event('review'));
}
