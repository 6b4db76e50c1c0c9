import { redirect } from '@sveltejs/kit';
import { readNotice } from '#lib/server/channels/notice-list.ts';
import { withActor } from '#lib/server/web/http/staff-page.ts';
import type { RequestEvent } from './$types';

/** Redirects to the subject of a notice and marks the notice as read. */
export const GET = withActor(async (actor, { params }: RequestEvent) =>
	redirect(303, await readNotice(actor, params.id))
);
