import { redirect } from '@sveltejs/kit';
import { nextUnrecorded } from '#lib/server/escalation/unrecorded.ts';
import { signedIn } from '#lib/server/web/http/page-access.ts';
import { checkAddress, readQueue, unrecordedAddress } from '../queue.ts';

/** Redirects to the next case of the list, or to the list if there is none. */
export const GET = async ({ locals, url }) => {
	const filter = readQueue(url) ?? { view: 'duty' as const };
	const before = url.searchParams.get('after') ?? '';
	const next = await nextUnrecorded(signedIn(locals), filter, before);
	if (!next) redirect(303, `${unrecordedAddress(filter)}&done=all`);
	const done = url.searchParams.get('done');
	const doneQuery =
		done === 'forwarded' || done === 'found' ? `&done=${done}&before=${encodeURIComponent(before)}` : '';
	redirect(303, checkAddress(filter, next) + doneQuery);
};
