import type { RequestEvent } from '@sveltejs/kit';
import { HOUR_SECONDS } from '#lib/calendar/durations.ts';

const COOKIE = 'mulai';

/** Remembers for an hour which office's guided path is open in this browser. The pages of the settings lead back to it. */
export const rememberPath = ({ cookies, params }: Pick<RequestEvent<{ code: string }>, 'cookies' | 'params'>): void =>
	cookies.set(COOKIE, params.code, { path: '/admin', maxAge: HOUR_SECONDS });

/** Code of the office whose guided path links to this form (`?mulai=1203`) or was opened within the hour. */
export const pathOffice = ({ url, cookies }: Pick<RequestEvent, 'url' | 'cookies'>): string | undefined =>
	url.searchParams.get('mulai') ?? cookies.get(COOKIE);
