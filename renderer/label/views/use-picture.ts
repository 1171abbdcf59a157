/** The file of an image, loaded and decoded before it is shown. */

import { useEffect, useState } from 'react';

export interface Picture {
  readonly picture: HTMLImageElement | null;
  readonly problem: string | null;
}

const WAITING: Picture = { picture: null, problem: null };

export function usePicture(url: string): Picture {
  const [loaded, setLoaded] = useState<Picture & { readonly url: string }>({ url, ...WAITING });
  useEffect(() => {
    let isCurrent = true;
    const picture = new Image();
    picture.src = url;
    picture.decode().then(
      () => {
        if (isCurrent) setLoaded({ url, picture, problem: null });
      },
      () => {
        const problem = 'Its file is missing, damaged, or of a format that windows cannot show.';
        if (isCurrent) setLoaded({ url, picture: null, problem });
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [url]);
  return loaded.url === url ? loaded : WAITING;
}
