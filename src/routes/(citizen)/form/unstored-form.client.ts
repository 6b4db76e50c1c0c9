/**
 * Sends forms whose text must not be stored, such as a typed code. If the site can't be reached, the page stays open and
 * says so. Without scripts the browser submits the form itself.
 */
import { isSiteReachable } from '#lib/ui/is-site-reachable.ts';
import { dropReportDrafts } from './draft.client.ts';

/** Milliseconds to wait for the site before the form counts as unsent. A slow connection needs a few seconds. */
const LONGEST_MS = 15_000;

// The address after a person closed their report.
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
	// Lets a person send again who stopped loading the page or returned with the Back button.
	form.addEventListener('input', () => show(''));
	addEventListener('pageshow', () => show(''));
}
