import { plainPhone } from '#lib/text/phone.ts';
import { createElement } from './create-element.client.ts';

export type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** Why a text or choice can't be sent, in the words that its field has from the site; else an empty string. */
export function problemOf(control: Control): string {
	const { missing = '', short = '', long = '', longest, pattern, wrong = '' } = control.dataset;
	if (isOfAnonymous(control)) return '';
	const isOpenChoice = control.type === 'radio' && control.validity.valueMissing;
	const text = isOpenChoice ? '' : control.value.trim();
	if (text === '') return missing;
	const plain = control.type === 'tel' ? plainPhone(text) : text;
	if (pattern && !new RegExp(pattern).test(plain)) return wrong;
	const over = text.length - Number(longest);
	if (over > 0) return long.replace('#', over.toLocaleString(document.documentElement.lang));
	return control instanceof HTMLTextAreaElement && text.length < control.minLength ? short : '';
}

/** The page hides name and contact of an anonymous reporter, so an error there could not be read. */
const isOfAnonymous = ({ name, form }: Control): boolean =>
	name.startsWith('reporter.') &&
	['', 'none'].includes((form?.elements.namedItem('identity') as RadioNodeList | null)?.value ?? '');

/** Shows an error at a field, where the site shows it too (`Field.svelte`, `Fieldset.svelte`). */
export function showError(control: Control, text: string): void {
	const id = `${control.id}-error`;
	const group = control.type === 'radio' ? control.closest('fieldset') : null;
	const holder = group ?? control;
	const described = holder.getAttribute('aria-describedby');
	document.getElementById(id)?.remove();
	const error = Object.assign(createElement('p', 'error'), { id });
	if (group) group.lastElementChild?.before(error);
	else (control.closest('.pick') ?? control).before(error);
	// A file is refused some seconds after it was chosen, and the focus does not move there. Screen readers announce only
	// a change of a text that is on the page.
	if (control.type === 'file') error.setAttribute('role', 'alert');
	error.textContent = text;
	(group ?? control.closest('.field'))?.classList.add('faulty');
	if (!group) control.setAttribute('aria-invalid', 'true');
	if (described?.split(' ').includes(id)) return;
	holder.setAttribute('aria-describedby', `${described ?? ''} ${id}`.trim());
}

/** Removes the error of a field that is now valid, also from the list above the form, or shows what is still wrong. */
export function dropMendedError(control: Control): void {
	const field = control.closest('.field, fieldset');
	const error = field?.querySelector(':scope > .error');
	if (!field || !error) return;
	const problem = problemOf(control);
	if (problem) error.textContent = problem;
	if (problem || !control.validity.valid) return;
	error.remove();
	field.classList.remove('faulty');
	control.removeAttribute('aria-invalid');
	const summary = document.getElementById('errors');
	summary?.querySelector(`a[href="#${control.name}"]`)?.closest('li')?.remove();
	if (!summary?.querySelector('li')) summary?.remove();
}
