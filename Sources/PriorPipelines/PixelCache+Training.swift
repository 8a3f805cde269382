import DatasetCatalog
import ImagePriors

extension PixelCache: TrainingPictures {}
extension PictureWindows: TrainingPictures {}
