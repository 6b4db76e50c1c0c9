import { dropMendedError, type Control } from './field-error.client.ts';

/**
 * Switches name and contact off while "Tanpa nama" is chosen, so that what was typed before is neither checked, listed in
 * the last step nor sent. It stays in its fields, should the person choose to give a name after all.
 */
export function keepIdentity(form: HTMLFormElement): void {
	const fields = [...form.querySelectorAll<HTMLInputElement>('#reporter input')];
	if (fields.length === 0) return;
	const write = () => {
		const isNameless = new FormData(form).get('identity') === 'none';
		for (const field of fields) {
			field.disabled = isNameless;
			if (isNameless) dropMendedError(field as Control);
		}
	};
	form.addEventListener('input', write);
	// A kept text was filled in, or the form was reset.
	form.addEventListener('review', write);
	// The browser has filled in what it stored when the page was left.
	addEventListener('pageshow', write);
	write();
}
