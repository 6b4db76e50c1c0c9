import { clearPagesResponse } from '#lib/server/web/http/forget-pages.ts';

/**
 * An empty stylesheet. After sign-out or at the end of tracking, its response header makes the browser drop cached pages of
 * this site (see forget-pages.ts).
 */
export const GET = ({ cookies }) => clearPagesResponse(cookies);
