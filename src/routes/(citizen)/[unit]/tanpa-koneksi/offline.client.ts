/** Shows on the page without a connection what was typed on this phone, and opens the page again when it is connected. */
import { dropPhoneText, hasDraftInTab } from '../../draft.client.ts';
import { savedText, waitingRatings } from '#lib/ui/form/phone-store.ts';

const retry = document.querySelector<HTMLAnchorElement>('#retry');
// This page is in the place of the one that was asked for.
if (retry && !location.pathname.endsWith('/tanpa-koneksi')) {
	retry.href = location.href;
	addEventListener('online', () => location.reload());
}

const kept = document.querySelector<HTMLElement>('#kept');
const items = kept?.querySelectorAll<HTMLElement>('[data-form]') ?? [];

const show = () => {
	const shown = [...items].some(({ hidden }) => !hidden);
	for (const part of kept?.querySelectorAll<HTMLElement>('[data-texts]') ?? []) part.hidden = !shown;
	if (kept)
		kept.hidden = !shown && ![...kept.querySelectorAll('[data-note]')].some((note) => !(note as HTMLElement).hidden);
};
const note = (name: string, isThere: boolean) => {
	const line = kept?.querySelector<HTMLElement>(`[data-note=${name}]`);
	if (line) line.hidden = !isThere;
	show();
};

for (const item of items) {
	const form = item.dataset.form ?? '';
	item.querySelector('button')?.addEventListener('click', () => {
		void dropPhoneText(form).then(
			() => {
				item.hidden = true;
				note('tab', hasDraftInTab());
				retry?.focus();
			},
			() => undefined
		);
	});
	void savedText(form).then(
		(texts) => {
			item.hidden = !texts;
			show();
		},
		() => undefined
	);
}
note('tab', hasDraftInTab());
void waitingRatings().then(
	(ratings) => note('rating', ratings.length > 0),
	() => undefined
);
