import { DAY_MS } from '#lib/calendar/durations.ts';
import { draftsIn, FORM_PREFIX, removeKeys } from '#lib/ui/form/unsent/browser-drafts.ts';

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/**
 * What was typed in a form of the settings, from when it is sent until the next page of the settings. It is also
 * deleted when its account signs out (by `app.html`), or another account opens the desk (`browser-drafts.ts`). If the
 * session has ended or the password is asked again, the form comes back with its stored values, and gets what was
 * typed.
 */
const inTab = () => sessionStorage;
const drafts = draftsIn<Record<string, string[]>>(inTab, DAY_MS);

/** The fields that a person fills in, without the confirmation of an irreversible step, and those by which the site notices a colleague's change and a second sending. */
const KEPT = ':is(input, textarea, select)[name]:not([type=hidden], [type=file], [type=password], [name=confirmed])';
const HIDDEN = 'input:is([name=seen], [name=loadedValues], [name=submission_id])';
const controlsOf = (form: HTMLFormElement) => [...form.querySelectorAll<Control>(`${KEPT}, ${HIDDEN}`)];

const isToggle = (control: Control): control is HTMLInputElement =>
	control.type === 'checkbox' || control.type === 'radio';

function textsOf(form: HTMLFormElement): Record<string, string[]> {
	const texts: Record<string, string[]> = {};
	for (const control of controlsOf(form)) {
		const values = (texts[control.name] ??= []);
		if (!isToggle(control) || control.checked) values.push(control.value);
	}
	return texts;
}

/** @returns whether a field that the person sees now shows something else */
function fill(form: HTMLFormElement, draft: Record<string, string[]>): boolean {
	const changed = controlsOf(form).filter((control) => {
		const values = draft[control.name];
		if (!values) return false;
		if (isToggle(control)) {
			const checked = values.includes(control.value);
			if (control.checked === checked) return false;
			control.checked = checked;
		} else {
			// Fields of the same name are in the order of the page.
			const value = values.shift() ?? '';
			if (control.value === value) return false;
			control.value = value;
		}
		return control.type !== 'hidden';
	});
	for (const control of changed) {
		for (const name of ['input', 'change']) control.dispatchEvent(new Event(name, { bubbles: true }));
	}
	return changed.length > 0;
}

const found = [...document.querySelectorAll<HTMLFormElement>('form[data-kept]')].map((form) => {
	const key = `${FORM_PREFIX}${form.dataset.kept}`;
	form.addEventListener('submit', () => drafts.keep(key, textsOf(form)));
	// The page answers a form, with its text or after it was stored.
	const draft = form.dataset.answered === undefined ? drafts.kept(key) : undefined;
	return { form, draft };
});
// Any page of the settings means that a form arrived, or was left.
removeKeys(inTab, FORM_PREFIX, () => true);
for (const { form, draft } of found) {
	const note = form.querySelector<HTMLElement>('[data-restored]');
	if (draft && fill(form, draft) && note) note.hidden = false;
}
