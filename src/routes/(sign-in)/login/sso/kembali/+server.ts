import { finishSignOn } from '#lib/server/web/http/single-sign-on.ts';

/** The provider sends the browser here. */
export const GET = (event) => finishSignOn(event);
