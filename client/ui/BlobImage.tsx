import { useEffect, useRef } from 'react';

/** A picture that is in memory, shown without a copy; its address is given back when it goes. */
export function BlobImage({ blob, ...rest }: { blob: Blob; alt: string; className?: string }) {
  const image = useRef<HTMLImageElement>(null);
  useEffect(() => {
    const element = image.current;
    const address = URL.createObjectURL(blob);
    if (element) element.src = address;
    return () => URL.revokeObjectURL(address);
  }, [blob]);
  return <img ref={image} draggable={false} {...rest} />;
}
