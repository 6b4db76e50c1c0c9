/**
 * Sends forms whose text is never kept, such as a typed code, and stays on their page without a connection. Without
 * scripts the browser sends them.
 */
import { dropReportDrafts } from './draft.client.ts';
import { post } from './post.client.ts';

if (new URLSearchParams(location.search).has('ditutup')) dropReportDrafts();
for (const form of document.querySelectorAll<HTMLFormElement>('form[data-unkept]')) enhance(form);

function enhance(form: HTMLFormElement): void {
	const status = form.nextElementSibling as HTMLElement;
	const { sending = '', unsent = '' } = status.dataset;
	const show = (text: string) => {
		status.textContent = text;
		status.scrollIntoView({ block: 'nearest' });
	};

	async function send(): Promise<void> {
		show(sending);
		const reply = await post(form, new FormData(form), () => undefined);
		show(reply ? '' : unsent);
		if (reply?.location != null) location.assign(reply.location);
		// A refusal is requested once more as a page, with everything that keeps a typed code out of the browser's store.
		// These forms can be sent twice, because they change nothing the second time.
		else if (reply) form.submit();
	}

	form.addEventListener('submit', (event) => {
		event.preventDefault();
		if (status.textContent !== sending) void send();
	});
}
