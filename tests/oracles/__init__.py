"""What the tests compare with: slow ways in plain NumPy, small corpora, trees and layers that they share."""
