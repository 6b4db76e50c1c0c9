/** Shows links to forms whose text was typed on this phone and not sent (`WaitingDrafts.svelte`). */
import { savedText, type PhoneTexts } from '#lib/ui/form/unsent/phone-store.ts';
import { resume, stepOf, unsentDraft } from './draft.client.ts';

for (const box of document.querySelectorAll<HTMLElement>('[data-waiting]')) {
	const name = box.dataset.waiting as string;
	const show = (texts: PhoneTexts) => {
		box.hidden = false;
		(box.firstElementChild as HTMLAnchorElement).hash = stepOf(texts);
	};
	const draft = unsentDraft(name);
	if (draft) show(draft);
	else
		void savedText(name).then(
			(texts) => {
				if (!texts) return;
				show(texts);
				box.addEventListener('click', () => resume(name, texts));
			},
			() => undefined
		);
}
