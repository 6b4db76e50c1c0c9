/** Shows on the page without a connection what was typed on this phone, and opens the page again when it is connected. */
import { sendWaiting } from '../../form/background-sync.client.ts';
import { dropPhoneText, hasDraftInTab } from '../../form/draft.client.ts';
import { savedText, waitingRatings } from '#lib/ui/form/unsent/phone-store.ts';

const retry = document.querySelector<HTMLAnchorElement>('#retry');
// This page is in the place of the one that was asked for.
if (retry && !location.pathname.endsWith('/tanpa-koneksi')) {
	retry.href = location.href;
	addEventListener('online', () => location.reload());
}

const kept = document.querySelector('#kept') as HTMLElement;
const partsOf = (selector: string) => kept.querySelectorAll<HTMLElement>(selector);

const show = () => {
	const shown = partsOf('[data-form]:not([hidden])').length > 0;
	for (const part of partsOf('[data-texts]')) part.hidden = !shown;
	kept.hidden = !shown && partsOf('[data-note]:not([hidden])').length === 0;
};
const note = (name: string, isThere: boolean) => {
	for (const line of partsOf(`[data-note=${name}]`)) line.hidden = !isThere;
	show();
};

for (const item of partsOf('[data-form]')) {
	const form = item.dataset.form as string;
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
void sendWaiting().catch(() => undefined);
void waitingRatings().then(
	(ratings) => note('rating', ratings.length > 0),
	() => undefined
);
