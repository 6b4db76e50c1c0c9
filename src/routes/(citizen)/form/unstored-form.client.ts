/**
 * Sends forms whose text is never kept, such as a typed code, and stays on their page without a connection. Without
 * scripts the browser sends them.
 */
import { isSiteReachable } from '#lib/ui/is-site-reachable.ts';
import { dropReportDrafts } from './draft.client.ts';

/** On a slow connection the site answers within a few seconds. */
const LONGEST_MS = 15_000;

if (new URLSearchParams(location.search).has('ditutup')) dropReportDrafts();
for (const form of document.querySelectorAll<HTMLFormElement>('form[data-unstored]')) enhance(form);

function enhance(form: HTMLFormElement): void {
	const status = form.nextElementSibling as HTMLElement;
	const { sending = '', unsent = '' } = status.dataset;
	const show = (text: string) => {
		status.textContent = text;
		if (text) status.scrollIntoView({ block: 'nearest' });
	};

	async function send(): Promise<void> {
		show(sending);
		if (await isSiteReachable(LONGEST_MS)) form.submit();
		else show(unsent);
	}

	form.addEventListener('submit', (event) => {
		event.preventDefault();
		if (status.textContent !== sending) void send();
	});
	// A person who stopped it may send it again, and the Back button may show the page in its old state.
	form.addEventListener('input', () => show(''));
	addEventListener('pageshow', () => show(''));
}
