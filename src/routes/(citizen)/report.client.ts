/** Enhances forms with photos and drafts; the forms also work without scripts. */
import { keepDraft } from './draft.client.ts';
import { preparePhotos } from './photos.client.ts';

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-sending]')) {
	preparePhotos(form);
	if (form.dataset.draft !== undefined) keepDraft(form);
	const button = form.querySelector<HTMLButtonElement>('button:last-of-type');
	const label = button?.textContent ?? '';
	form.addEventListener('submit', () => {
		if (button) button.textContent = form.dataset.sending ?? label;
	});
	addEventListener('pageshow', () => {
		if (button) button.textContent = label;
	});
}
