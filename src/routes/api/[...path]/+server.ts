import { problem } from '#lib/server/web/answers.ts';

/** What is not part of the API is answered in the API's words, not with a page. */
export const fallback = () => problem(404);
