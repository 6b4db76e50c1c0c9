import { BY_SCRIPT } from '#lib/ui/form/form-state.ts';

/** Milliseconds without any progress after which a connection counts as lost. */
const STALLED = 90_000;

/** Statuses after which a form can be sent again: a lost connection (0), or a server that restarts or is busy. */
const TRY_AGAIN = [0, 408, 502, 503, 504];

export interface Reply {
	/** Address that the site leads on to, after it has accepted the form. */
	location: string | null;
	/** The site's page, if it did not redirect. Null also if a proxy refused the files as too large. */
	page: Document | null;
	url: string;
}

/**
 * Sends a form as a browser without scripts would. `fetch` can't tell how much of an upload was sent.
 *
 * @param onProgress gets the part that was sent, from 0 to 1
 * @returns undefined if the site did not receive it, or nobody knows whether it did
 */
export function post(
	form: HTMLFormElement,
	body: FormData,
	onProgress: (sent: number) => void
): Promise<Reply | undefined> {
	const isUrlEncoded = form.enctype !== 'multipart/form-data';
	return new Promise((done) => {
		const request = new XMLHttpRequest();
		let stalled: ReturnType<typeof setTimeout>;
		const restartTimer = () => {
			clearTimeout(stalled);
			stalled = setTimeout(() => request.abort(), STALLED);
		};
		request.upload.onprogress = ({ loaded, total }) => {
			restartTimer();
			onProgress(loaded / total);
		};
		request.onloadend = () => {
			clearTimeout(stalled);
			const { status, responseURL: url } = request;
			const location = status === 204 ? request.getResponseHeader('location') : null;
			const page = request.responseXML?.querySelector('main') ? request.responseXML : null;
			// A page without `main` is not from the site, but for example the sign-in page of a network. A busy site may
			// return its form (`data-keep`), which is an answer. So is a 413, because the same files would be refused again.
			const isAnswer =
				location !== null ||
				(page !== null && (page.querySelector('form[data-keep]') || !TRY_AGAIN.includes(status))) ||
				(status === 413 && !isUrlEncoded);
			done(isAnswer ? { location, page, url } : undefined);
		};
		request.open('POST', form.action);
		request.responseType = 'document';
		request.setRequestHeader('accept', 'text/html');
		request.setRequestHeader(BY_SCRIPT, '1');
		restartTimer();
		request.send(isUrlEncoded ? new URLSearchParams([...body] as [string, string][]) : body);
	});
}
