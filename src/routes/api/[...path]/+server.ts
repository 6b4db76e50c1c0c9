import { problem } from '#lib/server/web/http/answers.ts';

/** Unknown API addresses get an API error instead of a page. */
export const fallback = () => problem(404);
