/** Shows links to forms whose text was typed on this phone and not sent (`WaitingDrafts.svelte`). */
import { savedText } from '#lib/ui/form/unsent/phone-store.ts';
import { hasUnsentDraft } from './draft.client.ts';

for (const link of document.querySelectorAll<HTMLElement>('[data-waiting]')) {
	const name = link.dataset.waiting as string;
	if (hasUnsentDraft(name)) link.hidden = false;
	else
		void savedText(name).then(
			(texts) => (link.hidden = !texts),
			() => undefined
		);
}
