/**
 * Sends forms whose text is never kept, such as a typed code, and stays on their page without a connection. Without
 * scripts the browser sends them.
 */
import { dropReportDrafts } from './draft.client.ts';

/** On a slow connection the site answers within a few seconds. */
const LONGEST_MS = 15_000;

if (new URLSearchParams(location.search).has('ditutup')) dropReportDrafts();
for (const form of document.querySelectorAll<HTMLFormElement>('form[data-unkept]')) enhance(form);

function enhance(form: HTMLFormElement): void {
	const status = form.nextElementSibling as HTMLElement;
	const { sending = '', unsent = '' } = status.dataset;
	const show = (text: string) => {
		status.textContent = text;
		status.scrollIntoView({ block: 'nearest' });
	};

	// A browser that sends a form without a connection leaves the page, and the typed code is lost. So it sends only when
	// the site answers.
	async function send(): Promise<void> {
		show(sending);
		const asking = fetch('/healthz', { method: 'HEAD', cache: 'no-store', signal: AbortSignal.timeout(LONGEST_MS) });
		const answers = await asking.then(
			() => true,
			() => false
		);
		show(answers ? '' : unsent);
		if (answers) form.submit();
	}

	form.addEventListener('submit', (event) => {
		event.preventDefault();
		if (status.textContent !== sending) void send();
	});
}
