import { redirect } from '@sveltejs/kit';
import { yearOf, localDate } from '#lib/calendar/days.ts';
import { now } from '#lib/server/clock.ts';

export const load = () => redirect(307, `/admin/calendar/${yearOf(localDate(now(), 'Asia/Makassar'))}`);
