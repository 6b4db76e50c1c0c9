import { z } from 'zod';

/** More names than anybody goes through in a day. */
export const MOST_VIEWS = 20;

export const viewName = z.object({ name: z.string('view_name').trim().min(1, 'view_name').max(60, 'view_name') });

/** A name for a choice of the inbox; `query` is the part of its address behind the `?`. */
export const viewInput = viewName.extend({ query: z.string().max(600, 'view_query').default('') });
