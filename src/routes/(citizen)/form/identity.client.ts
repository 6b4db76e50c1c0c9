import { dropMendedError, type Control } from './field-error.client.ts';

/**
 * Switches name and contact off while "Tanpa nama" is chosen, so that what was typed before is neither checked, listed in
 * the last step nor sent. It stays in its fields, should the person choose to give a name after all.
 */
export function switchContactOff(form: HTMLFormElement): void {
	const fields = [...form.querySelectorAll<HTMLInputElement>('#reporter input')];
	const write = () => {
		const isAnonymous = new FormData(form).get('identity') === 'none';
		for (const field of fields) {
			field.disabled = isAnonymous;
			if (isAnonymous) dropMendedError(field as Control);
		}
	};
	form.addEventListener('input', write);
	// `review` follows when a kept text was filled in, or the form was reset.
	form.addEventListener('review', write);
	// The browser has filled in what it stored when the page was left.
	addEventListener('pageshow', write);
	write();
}

/** Whether the story contains the name or a contact that the person has typed, but does not want to give openly. */
export function storyNamesReporter({ elements }: HTMLFormElement): boolean {
	const textOf = (name: string) =>
		((elements.namedItem(name) as RadioNodeList | Control | null)?.value ?? '').trim().toLowerCase();
	if (textOf('identity') === 'named') return false;
	const digitsOf = (text: string) => text.replaceAll(/\D/g, '');
	const story = textOf('body');
	const phone = digitsOf(textOf('reporter.phone')).replace(/^(62|0)/, '');
	const words = [textOf('reporter.name'), textOf('reporter.email')];
	return (
		words.some((text) => text.length > 2 && story.includes(text)) ||
		(phone.length > 6 && digitsOf(story).includes(phone))
	);
}
